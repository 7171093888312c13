declare namespace Deno {
  /** Showing things in the notebook, as in Deno's own kernel. */
  namespace jupyter {
    /** An object that knows its mime bundle. */
    interface Displayable {
      [key: symbol]: () => Record<string, unknown>;
    }
    /** The symbol under which an object keeps the function that makes its mime bundle. */
    const $display: unique symbol;
    /** Shows a value, or with `raw` a mime bundle. */
    function display(value: unknown, options?: { raw?: boolean }): Promise<void>;
    /** The mime bundle a value is shown as. */
    function format(value: unknown): Promise<Record<string, unknown>>;
    /** Markdown, as a tagged template. */
    function md(strings: TemplateStringsArray | string, ...values: unknown[]): Displayable;
    /** HTML, as a tagged template; shown without scripts in a frame of its own. */
    function html(strings: TemplateStringsArray | string, ...values: unknown[]): Displayable;
    /** SVG, as a tagged template. */
    function svg(strings: TemplateStringsArray | string, ...values: unknown[]): Displayable;
  }
}
