// What benchmarks/subjects/deno.py measures: the same text runs in a cell and in Deno.

const user = (i) => ({ id: i, name: `user ${i}`, tags: ["a", "b"], active: true });

export const operations = {
  async set(kv, count) {
    for (let i = 0; i < count; i++) await kv.set(["users", `user:${i}`], user(i));
  },
  async get(kv, count) {
    for (let i = 0; i < count; i++) await kv.get(["users", `user:${i}`]);
  },
  async list(kv, count) {
    for (let i = 0; i < count; i++) {
      for await (const { value } of kv.list({ prefix: ["users"] }, { limit: 1000, batchSize: 1000 })) value.id;
    }
  },
  async delete(kv, count) {
    for (let i = 0; i < count; i++) await kv.delete(["users", `user:${i}`]);
  },
  async check(kv, count) {
    for (let i = 0; i < count; i++) {
      const key = ["checked", `user:${i}`];
      await kv.atomic().check({ key, versionstamp: null }).set(key, user(i)).sum(["count"], 1n).commit();
    }
  },
  async ten(kv, count) {
    for (let i = 0; i < count; i++) {
      const operation = kv.atomic();
      for (let j = 0; j < 10; j++) operation.set(["ten", `user:${i}:${j}`], user(j));
      await operation.commit();
    }
  },
};
