/** Once only: carriers say it again. */
export const markSeen = "update message set seen_at = ?1 where seq = ?2 and seen_at is null";
