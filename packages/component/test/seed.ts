import fc from "fast-check";

/** One seed for every property of a test file, printed so that a failure can be repeated with FC_SEED. */
const seed = Number(process.env["FC_SEED"] ?? Date.now() % 2 ** 31);
process.stdout.write(`FC_SEED=${seed}\n`);
fc.configureGlobal({ seed });

export { fc };
