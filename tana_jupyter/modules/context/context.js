/** tana/context: each method asks the host, which knows in which role the contract runs. */
(tana) => {
  const { call } = tana;
  const context = Object.freeze({
    owner: () => call("context.owner"),
    caller: () => call("context.caller"),
    block: () => call("context.block"),
    input: () => call("context.input"),
  });
  return { context };
}
