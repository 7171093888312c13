/** EventTarget, Event and CustomEvent (WHATWG DOM), without a tree: an event visits its target only. */
(tana) => {
  "use strict";
  const { text, required, expose, constants, isObject } = tana.load("modules/web/idl.js");
  const PHASES = { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 };

  const dictionary = (value, where) => {
    if (value !== undefined && value !== null && !isObject(value)) throw new TypeError(`${where} is not an object`);
    return value ?? {};
  };

  /** Set by Event: what dispatching does to an event. */
  let begin, visit, finish, trust;

  class Event {
    /** @type {string} */ #type;
    #bubbles; #cancelable; #composed;
    #target = null; #current = null; #phase = PHASES.NONE;
    #canceled = false; #stopped = false; #stoppedNow = false; #passive = false;
    #dispatching = false; #trusted = false;
    #time = tana.monotonic();

    static {
      begin = (event, target) => {
        if (event.#dispatching) throw new DOMException("The event is already being dispatched.", "InvalidStateError");
        event.#dispatching = true;
        event.#target = event.#current = target;
        event.#phase = PHASES.AT_TARGET;
      };
      /** Calls one listener; false when no other listener may see the event. */
      visit = (event, passive, listener) => {
        event.#passive = passive;
        listener();
        event.#passive = false;
        return !event.#stoppedNow;
      };
      finish = (event) => {
        event.#dispatching = event.#stopped = event.#stoppedNow = false;
        event.#current = null;
        event.#phase = PHASES.NONE;
        return !event.#canceled;
      };
      trust = (event) => {
        event.#trusted = true;
        return event;
      };
    }

    constructor(type, init = undefined) {
      required(arguments, 1, "Event");
      this.#type = text(type);
      const { bubbles, cancelable, composed } = dictionary(init, "Event: init");
      this.#bubbles = Boolean(bubbles);
      this.#cancelable = Boolean(cancelable);
      this.#composed = Boolean(composed);
    }

    get type() { return this.#type; }
    get target() { return this.#target; }
    get srcElement() { return this.#target; }
    get currentTarget() { return this.#current; }
    get eventPhase() { return this.#phase; }
    get bubbles() { return this.#bubbles; }
    get cancelable() { return this.#cancelable; }
    get composed() { return this.#composed; }
    get defaultPrevented() { return this.#canceled; }
    get isTrusted() { return this.#trusted; }
    get timeStamp() { return this.#time; }

    get returnValue() { return !this.#canceled; }
    set returnValue(value) { if (!value) this.preventDefault(); }

    get cancelBubble() { return this.#stopped; }
    set cancelBubble(value) { if (value) this.#stopped = true; }

    composedPath() { return this.#current === null ? [] : [this.#current]; }
    stopPropagation() { this.#stopped = true; }
    stopImmediatePropagation() { this.#stopped = this.#stoppedNow = true; }
    preventDefault() { if (this.#cancelable && !this.#passive) this.#canceled = true; }

    initEvent(type, bubbles = false, cancelable = false) {
      required(arguments, 1, "Event.initEvent");
      if (this.#dispatching) return;
      this.#type = text(type);
      this.#bubbles = Boolean(bubbles);
      this.#cancelable = Boolean(cancelable);
      this.#canceled = this.#stopped = this.#stoppedNow = this.#trusted = false;
      this.#target = null;
    }
  }
  constants(Event, PHASES);

  class CustomEvent extends Event {
    #detail;

    constructor(type, init = undefined) {
      required(arguments, 1, "CustomEvent");
      super(type, init);
      this.#detail = init?.detail ?? null;
    }

    get detail() { return this.#detail; }

    initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
      required(arguments, 1, "CustomEvent.initCustomEvent");
      if (this.eventPhase !== PHASES.NONE) return;
      this.initEvent(type, bubbles, cancelable);
      this.#detail = detail;
    }
  }

  /** What a listener throws reaches nobody who dispatches: it fails the run, as an unhandled rejection does. */
  const report = (error) => { Promise.reject(error); };

  const invoke = (callback, event, current) => {
    try {
      if (typeof callback === "function") {
        callback.call(current, event);
      } else {
        const { handleEvent } = callback;
        if (typeof handleEvent !== "function") throw new TypeError("EventTarget: handleEvent is not a function");
        handleEvent.call(callback, event);
      }
    } catch (error) {
      report(error);
    }
  };

  /**
   * @typedef {object} Listener
   * @property {string} type
   * @property {Function | object} callback
   * @property {boolean} capture
   * @property {boolean} once
   * @property {boolean} passive
   * @property {boolean} removed perhaps while an event is on its way to it
   */

  /** Set by EventTarget: dispatches an event of our own making. */
  let fire;

  class EventTarget {
    /** @type {Listener[]} */ #listeners = [];

    static {
      fire = (target, type) => target.#dispatch(trust(new Event(type)));
    }

    addEventListener(type, callback, options = undefined) {
      required(arguments, 2, "EventTarget.addEventListener");
      const { capture, once, passive, signal } = isObject(options) ? options : { capture: options };
      if (signal !== undefined && !(signal instanceof tana.load("modules/web/abort.js").AbortSignal)) {
        throw new TypeError("EventTarget.addEventListener: signal is not an AbortSignal");
      }
      if (callback !== null && callback !== undefined && !isObject(callback)) {
        throw new TypeError("EventTarget.addEventListener: callback is not a function or an object");
      }
      const listener = {
        type: text(type),
        callback,
        capture: Boolean(capture),
        once: Boolean(once),
        passive: Boolean(passive),
        removed: false,
      };
      if (signal?.aborted || callback === null || callback === undefined || this.#find(listener) >= 0) return;
      this.#listeners.push(listener);
      signal?.addEventListener("abort", () => this.#remove(listener), { once: true });
    }

    removeEventListener(type, callback, options = undefined) {
      required(arguments, 2, "EventTarget.removeEventListener");
      const capture = Boolean(isObject(options) ? options.capture : options);
      const index = this.#find({ type: text(type), callback, capture });
      if (index >= 0) this.#remove(this.#listeners[index]);
    }

    dispatchEvent(event) {
      required(arguments, 1, "EventTarget.dispatchEvent");
      if (!(event instanceof Event)) throw new TypeError("EventTarget.dispatchEvent: event is not an Event");
      return this.#dispatch(event);
    }

    #find({ type, callback, capture }) {
      return this.#listeners.findIndex(
        (each) => each.type === type && each.callback === callback && each.capture === capture,
      );
    }

    /** @param {Listener} listener */
    #remove(listener) {
      listener.removed = true;
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    }

    #dispatch(event) {
      begin(event, this);
      this.#visit(event, true);
      this.#visit(event, false);
      return finish(event);
    }

    /** At the target, capturing listeners come first and may stop the event before the others see it. */
    #visit(event, capture) {
      if (event.cancelBubble) return;
      // Listeners added from here on do not see this event, listeners removed from here on do not either.
      for (const listener of this.#listeners.filter((each) => each.type === event.type && each.capture === capture)) {
        if (listener.removed) continue;
        if (listener.once) this.#remove(listener);
        if (!visit(event, listener.passive, () => invoke(listener.callback, event, this))) return;
      }
    }
  }
  expose(Event, CustomEvent, EventTarget);

  /**
   * Gives an interface an event handler attribute such as `onabort`.
   * The handler keeps the place of its first assignment among the listeners.
   * @param {Function} Interface
   * @param {string} type
   */
  const handler = (Interface, type) => {
    const handlers = new WeakMap();
    const name = `on${type}`;
    const attribute = {
      get [name]() { return handlers.get(this)?.value ?? null; },
      set [name](value) {
        const given = isObject(value) ? value : null;
        const known = handlers.get(this);
        if (known && given) {
          known.value = given;
          return;
        }
        if (known) {
          this.removeEventListener(type, known.listener);
          handlers.delete(this);
        } else if (given) {
          const entry = {
            value: given,
            listener: (event) => {
              if (typeof entry.value === "function" && entry.value.call(this, event) === false) event.preventDefault();
            },
          };
          handlers.set(this, entry);
          this.addEventListener(type, entry.listener);
        }
      },
    };
    Object.defineProperty(Interface.prototype, name, Object.getOwnPropertyDescriptor(attribute, name));
  };

  return { EventTarget, Event, CustomEvent, fire, handler };
}
