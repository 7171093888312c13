/** Math.random by the session's seed, drawn in one call for many numbers. */
(tana) => {
  const { call } = tana;
  const { defineProperty } = Object;
  const native = Math.random;
  let numbers = [];
  let next = 0;
  let seeded = false;
  tana.setSeeded = (yes) => {
    seeded = yes;
    // Numbers drawn ahead would not follow the seed, and two contracts share one sequence.
    next = numbers.length;
  };
  const random = () => {
    if (!seeded) return native();
    if (next >= numbers.length) {
      numbers = call("engine.random", 64);
      next = 0;
    }
    return numbers[next++];
  };
  defineProperty(Math, "random", { value: random, writable: true, configurable: true, enumerable: false });
}
