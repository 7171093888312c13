/**
 * What a Cloudflare Worker calls its bindings: here every name, such as `env.MY_NAMESPACE`, is `kv`.
 *
 * A name that is assigned keeps its own value, and a contract may declare an `env` of its own.
 */
declare var env: { [binding: string]: any };

/** The same object by an import. */
declare module "cloudflare:workers" {
  /** Every name is `kv`. */
  export const env: { [binding: string]: any };
}
