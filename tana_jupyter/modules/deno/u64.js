/** Deno.KvU64: a bigint of 64 bits that sum, min and max work on. */
(tana) => {
  const { freeze, defineProperty } = Object;
  const NativeTypeError = TypeError;
  const NativeRangeError = RangeError;
  const END = 1n << 64n;
  const CUSTOM = Symbol.for("Deno.customInspect");
  const text = Function.prototype.call.bind(BigInt.prototype.toString);
  let read;

  const checked = (value) => {
    if (typeof value !== "bigint") throw new NativeTypeError(`Value must be a bigint: received ${typeof value}`);
    if (value < 0n) throw new NativeRangeError(`Value must be a positive bigint: received ${value}`);
    if (value >= END) throw new NativeRangeError("Value must fit in a 64-bit unsigned integer");
    return value;
  };

  class KvU64 {
    #number;
    /** @param {bigint} value */
    constructor(value) {
      this.#number = checked(value);
      this.value = value;
      freeze(this);
    }
    valueOf() {
      return this.value;
    }
    toString() {
      return text(this.value);
    }
    get [Symbol.toStringTag]() {
      return "Deno.KvU64";
    }
    [CUSTOM](inspect) {
      return `[Deno.KvU64: ${inspect(this.value)}]`;
    }
    static {
      read = (object) => (typeof object === "object" && object !== null && #number in object ? object.#number : undefined);
    }
  }
  defineProperty(KvU64.prototype, CUSTOM, { enumerable: false });
  /** The number in a KvU64, undefined for everything else; and a bigint that may be in one. */
  return { KvU64, numberIn: read, checked };
}
