/** tana/tx: staged changes of balances. Every rule is the host's; here arguments take shape. */
(tana) => {
  const { call, opMap } = tana;
  const { isArray } = Array;
  const toNumber = Number;

  const text = (value) => (typeof value === "string" ? value : null);
  /** JSON has no NaN and no infinity: those go, and come back, as a list of their name. */
  const amountOut = (value) => {
    if (typeof value === "number") return value - value === 0 ? value : [`${value}`];
    return text(value);
  };
  const amountsIn = (changes) => {
    for (let index = 0; index < changes.length; index++) {
      const { amount } = changes[index];
      if (isArray(amount)) changes[index].amount = toNumber(amount[0]);
    }
    return changes;
  };
  const executed = (result) => {
    amountsIn(result.changes);
    return result;
  };

  const tx = Object.freeze({
    transfer: (from, to, amount, currency) => call("tx.transfer", text(from), text(to), amountOut(amount), text(currency)),
    setBalance: (userId, amount, currency) => call("tx.setBalance", text(userId), amountOut(amount), text(currency)),
    getChanges: () => amountsIn(call("tx.getChanges")),
    execute: () => opMap(executed, "tx.execute"),
  });
  return { tx };
}
