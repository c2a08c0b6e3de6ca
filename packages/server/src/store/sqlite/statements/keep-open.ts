/**
 * From one open state to another, or to the same with another time to look at it. Like `endMessage` it asks for the
 * state and the claim that the move was decided on, so that a decision which came too late changes nothing. An open
 * message always has a time at which somebody looks at it: the end of its validity, when the move names none.
 *
 * Neither statement has a `returning`: SQLite gathers its rows in a table of its own first, and that made a move twice as
 * dear (11.5 against 5.8 µs in calls of 500).
 */
export const keepOpen = `
update message
set state = ?1, status_id = ?2, error_id = ?3,
    due_at = coalesce(?4, case when state = ?1 then due_at end),
    check_at = coalesce(?5, expires_at),
    carrier_message_id = coalesce(?6, carrier_message_id), submitted_at = coalesce(?7, submitted_at),
    doubt = coalesce(?8, doubt)
where seq = ?9 and state = ?10 and attempts = ?11`;

/** After `keepOpen`, for the few moves that give a message more time: in it, this would cost every submission. */
export const extendMessage = `
update message set expires_at = ?1, check_at = coalesce(?2, ?1) where seq = ?3`;

/** After `keepOpen`, for the few ids that their carrier wrote otherwise than they are kept. */
export const spellMessage = `update message set carrier_spelling = ?1 where seq = ?2`;
