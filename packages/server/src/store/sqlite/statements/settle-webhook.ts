/** Characters of attempts that a webhook keeps: all of Infobip's schedule with errors of usual length. */
const HISTORY_LENGTH_MAX = 16_000;

/** With one attempt more, the oldest given up for it where they are too many. */
const historyWith = (attempt: string) => `case
  when ${attempt} is null then history
  when history is null then ${attempt}
  when length(history) + length(${attempt}) > ${HISTORY_LENGTH_MAX}
    then substr(history, instr(history || char(10), char(10)) + 1) || char(10) || ${attempt}
  else history || char(10) || ${attempt} end`;

const history = historyWith(":attempt");

/**
 * Of those that were leased at their birth, from one id to another: their first attempt, for which they have room, and
 * nothing else is to be changed. What one call tells was mostly born in a row, and a statement for each costs twice as much.
 */
export const deliverNewborns = `
update webhook set delivered_at = ?, attempts = 1, history = ?, birth_lease = null
where id between ? and ? and birth_lease is not null`;

/** Numbered, as every statement that many messages pass: names are looked up one by one. Not what it has done already. */
export const deliverWebhook = `
update webhook
set due_at = null, delivered_at = ?1, attempts = attempts + 1, last_error = null, history = ${historyWith("?2")}
where id = ?3 and delivered_at is not ?1`;

/** Not after a delivery: an attempt that outlived its lease may fail when a later one has succeeded already. */
export const retryWebhook = `
update webhook set due_at = :dueAt, birth_lease = null, attempts = attempts + 1, last_error = :error, history = ${history}
where id = :id and delivered_at is null
returning origin`;

/** Given up: neither due, nor delivered, nor leased at its birth, which is how it is found again. */
export const failWebhook = `
update webhook set due_at = null, birth_lease = null, attempts = attempts + 1, last_error = :error, history = ${history}
where id = :id and delivered_at is null`;

/** Claimed, or leased at its birth, and not sent. */
export const releaseWebhook = `
update webhook set due_at = :dueAt, birth_lease = null
where id = :id and (due_at is not null or birth_lease is not null) and delivered_at is null
returning origin`;
