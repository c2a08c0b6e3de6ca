/** In the order of their birth. */
export const listBirthLeases = `
select id, origin from webhook where id >= ? and birth_lease is not null order by id`;

/** Nobody settled it in time: due like any other. */
export const endBirthLease = `
update webhook set due_at = ?1, birth_lease = null where id = ?2 and birth_lease is not null`;

export const findBirthLeaseFloor = `select webhook_id as "floor" from birth_lease_floor`;

export const setBirthLeaseFloor = `update birth_lease_floor set webhook_id = ? where id = 1`;
