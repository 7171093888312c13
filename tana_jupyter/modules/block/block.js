/** tana/block: the current block and queries of the ledger. What is asked is checked by the host. */
(tana) => {
  const { call, op } = tana;
  const { assign, defineProperty, freeze } = Object;
  const { isArray } = Array;
  const NativeNumber = Number;
  const MAX_BATCH_QUERY = 10;

  const text = (value) => (typeof value === "string" ? value : null);
  const height = (value) => (typeof value === "bigint" ? NativeNumber(value) : typeof value === "number" ? value : null);
  /** One key or a list of them; of a list that is too long as much as tells the host so. */
  const each = (value, one) => {
    if (!isArray(value)) return one(value);
    const found = [];
    for (let index = 0; index < value.length && index <= MAX_BATCH_QUERY; index++) found[index] = one(value[index]);
    return found;
  };
  /** Numbers as they are; with `balance_objects` a number with properties, which can be reckoned with as well. */
  const balance = (reply) =>
    typeof reply === "object" && reply !== null ? assign(new NativeNumber(reply.amount), reply) : reply;

  const block = {};
  for (const name of ["height", "timestamp", "hash", "previousHash", "executor", "contractId", "gasLimit", "gasUsed", "producer"]) {
    defineProperty(block, name, { get: () => call("block.read", name), enumerable: true });
  }
  const methods = {
    MAX_BATCH_QUERY,
    getHeight: () => block.height,
    getTimestamp: () => block.timestamp,
    getHash: () => block.hash,
    getPreviousHash: () => block.previousHash,
    getExecutor: () => block.executor,
    getContractId: () => block.contractId,
    getGasLimit: () => block.gasLimit,
    getGasUsed: () => block.gasUsed,
    getBalance: async (ids, currency) => each(await op("block.balances", each(ids, text), text(currency)), balance),
    getUser: async (ids) => op("block.users", each(ids, text)),
    getTransaction: async (ids) => op("block.transactions", each(ids, text)),
    getBlock: async (heights) => op("block.blocks", each(heights, height)),
    getLatestBlock: async () => op("block.latest"),
  };
  return { block: freeze(assign(block, methods)) };
}
