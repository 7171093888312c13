/** Deno.errors: the classes that Deno's own functions throw, by name. */
(tana) => {
  const { defineProperty, freeze } = Object;
  const names = [
    "NotFound", "PermissionDenied", "ConnectionRefused", "ConnectionReset", "ConnectionAborted", "NotConnected",
    "AddrInUse", "AddrNotAvailable", "BrokenPipe", "AlreadyExists", "InvalidData", "TimedOut", "Interrupted",
    "WriteZero", "WouldBlock", "UnexpectedEof", "BadResource", "Http", "Busy", "NotSupported", "FilesystemLoop",
    "IsADirectory", "NetworkUnreachable", "NotADirectory", "NotCapable",
  ];
  const errors = {};
  for (const name of names) {
    const made = {
      [name]: class extends Error {
        constructor(message, options) {
          super(message, options);
          this.name = name;
        }
      },
    }[name];
    defineProperty(made.prototype, "name", { value: name, writable: true, configurable: true });
    errors[name] = made;
  }
  tana.errorClasses.BadResource = errors.BadResource;
  return { errors: freeze(errors) };
}
