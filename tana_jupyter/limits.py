"""What contracts and people can run into, and nothing else. Sizes are bytes unless a line says otherwise."""

from typing import Final

CONTRACT_NAME: Final = r"[A-Za-z_][A-Za-z0-9_-]{0,99}"

# tana/kv. Keys count as UTF-8.
KV_KEY: Final = 512  # at least 1
KV_VALUE: Final = 26_214_400
KV_METADATA: Final = 1024  # of its JSON text
KV_MIN_TTL: Final = 60  # seconds, for expirationTtl and for expiration from now
KV_MIN_CACHE_TTL: Final = 30  # seconds
KV_MAX_TTL: Final = 2**31 - 1  # seconds, for expirationTtl, expiration and cacheTtl
KV_LIST: Final = 1000  # keys of a page, also the default
KV_LIST_PREFIX: Final = 512
KV_BULK_GET: Final = 100  # keys of one call, duplicates counted
KV_BULK_GET_VALUES: Final = 26_214_400  # of all values of one call together
KV_BULK_PUT: Final = 10_000  # pairs of one call, also keys of one bulk delete
KV_BULK_PUT_SIZE: Final = 100_000_000  # of all keys, values and metadata of one call together

# tana/data. Keys and values count as UTF-8.
DATA_KEY: Final = 256
DATA_VALUE: Final = 10_240
DATA_TOTAL: Final = 102_400  # all keys and values of a contract, looked at by commit
DATA_KEYS: Final = 1000  # of a contract, looked at by commit
DATA_STAGED: Final = 67_108_864  # of one contract, STORE_ROW for each key included; commit takes far less

# Deno KV. Keys count as encoded.
DENO_WRITE_KEY: Final = 2048  # of set, delete, check and of what atomic changes
DENO_READ_KEY: Final = 2049  # of get and list bounds, the byte that closes a range included
DENO_WATCH_KEY: Final = 2049
DENO_VALUE: Final = 65_536  # as structured-clone bytes
DENO_MESSAGE: Final = 65_536
DENO_GET_MANY: Final = 10  # keys
DENO_LIST_BATCH: Final = 1000  # entries
DENO_CHECKS: Final = 100  # of one atomic
DENO_MUTATIONS: Final = 1000  # of one atomic, messages counted
DENO_COMMIT: Final = 819_200  # one atomic: keys (twice where a value goes along), values, messages
DENO_COMMIT_KEYS: Final = 81_920  # keys of changes that carry a value
DENO_U64: Final = 8  # what a KvU64 counts as a value
DENO_BACKOFF_ENTRY: Final = 4  # what each entry of a backoff schedule adds to its message
DENO_BACKOFF: Final = 5  # entries of a backoff schedule
DENO_BACKOFF_DELAY: Final = 3_600_000  # milliseconds, of one entry
DENO_DELAY: Final = 2_592_000_000  # milliseconds, of a message
DENO_EXPIRE_IN: Final = 8_640_000_000_000_000  # milliseconds; this and more is too large
DENO_WATCH: Final = 10  # keys
DENO_LISTENERS: Final = 1000  # queue listeners and streams of watch, of one contract, that wait at once
DENO_DEPTH: Final = 3800  # levels of a value
DENO_BATCH_BYTES: Final = 1_048_576  # of the values of a batch; a list cuts it there and goes on
DENO_PRIVATE: Final = 64  # ":memory:" databases of one contract that are open
DENO_PRIVATE_STORES: Final = 268_435_456  # of all of them together, STORE_ROW for each row included

# tana/block and tana/tx.
BLOCK_QUERY: Final = 10  # ids of one query
GAS: Final = 1_000_000  # of all executed changes of a session
TX_STAGED: Final = 20_000  # changes of one contract; gas ends far below

# fetch of tana/utils.
FETCH_BODY: Final = 8_388_608  # of a request, and of an answer after unpacking
FETCH_URL: Final = 65_536
FETCH_HEADERS: Final = 65_536  # of a request
FETCH_REDIRECTS: Final = 10

# The store. Tana.store_limit changes the first.
STORE: Final = 536_870_912  # of a store that lies in memory, STORE_ROW for each row included
STORE_ROW: Final = 512  # what a row costs beside its key, value and metadata
SQLITE_WAIT: Final = 5  # seconds, for another kernel's commit
SQLITE_COUNTED: Final = 16_777_216  # of a file whose rows are counted at once; a larger one is, in the background

# A store behind a network. Seconds.
NETWORK_CONNECT: Final = 5.0
NETWORK_OPERATION: Final = 20.0  # of one operation; the server is given up then

# A run.
RUN_SECONDS: Final = 30.0  # Tana.timeout changes it
RUN_SECONDS_MOST: Final = 1_000_000  # of a limit that is set; session.timeout = None sets none
RECEIPT_ROWS: Final = 1000  # changed rows a receipt keeps
RECEIPT_BYTES: Final = 8_388_608  # of their values; past either it counts only
CALL_BODY: Final = 16_777_216  # characters of JSON, escapes included, that a call's body may have
CONSOLE_LINES: Final = 10_000  # of one run that are shown
CONSOLE_CHARACTERS: Final = 1_048_576  # of one run that are shown
DISPLAY_BYTES: Final = 16_777_216  # of one display bundle
DISPLAYS: Final = 100  # bundles of one run that are shown
DISPLAYS_BYTES: Final = 33_554_432  # of all of them together
FRAME_ROWS: Final = 10_000  # of a table, unless a limit is given
FRAME_BYTES: Final = 268_435_456  # of a table's values
FRAME_COLUMNS: Final = 200  # of values laid out in columns
FRAME_LEVELS: Final = 4  # of objects in objects that become columns
RECORDS: Final = 100_000  # of an array that is shown as a table
RECORD_ROWS: Final = 50  # of them that are shown
RECORD_COLUMNS: Final = 30  # past it JSON reads better
RECORD_CELL: Final = 100  # characters
RECEIPT_SHOWN: Final = 50  # changed rows that stand under a cell

# The key browser. What a page may ask for and send.
BROWSER_ROWS: Final = 500  # of a page
BROWSER_KEYS: Final = 1000  # of one delete or copy
BROWSER_KEY: Final = 4096  # of a key, a path or a cursor; longer than any API takes
BROWSER_KEY_TEXT: Final = 65_536  # characters of a key as it is typed
BROWSER_TEXT: Final = 1_048_576  # characters of a value that is put or copied
BROWSER_VALUE: Final = 65_536  # of a value in the detail pane
BROWSER_HEX: Final = 4096  # bytes shown as hex there
BROWSER_STAGED: Final = 200  # staged keys of a list

# One line or one look at a value.
PREVIEW: Final = 200  # characters of a key or value that stand in one line
PREVIEW_LOOK: Final = 4096  # bytes of a value that a preview reads
PREVIEW_DEPTH: Final = 100  # levels of JSON that are looked into where data is shown

# Export and import.
TRANSFER_LINE: Final = 167_772_160  # of one line of JSON Lines: the largest value, each byte of it escaped
TRANSFER_TOTAL: Final = 1_073_741_824  # of a file that is read, after unpacking
TRANSFER_VALUE: Final = 1_000_000_000  # of one value; PostgreSQL holds no field of 1 GiB
TRANSFER_WHOLE: Final = 1024  # a value up to here is compared itself, a larger one by its digest
TRANSFER_CHUNK: Final = 1_048_576  # read, or sent, at a time; what an export keeps in memory
TRANSFER_SHOWN: Final = 100  # rows that plan.rows() lists
PROGRESS_AFTER: Final = 1.0  # seconds before a progress bar appears
