//= one snippet a line
const x =
let x = 1 +
if (
foo(
}
let 1a = 2
const x: = 1
function f( { }
x as
type A
interface { }
enum
`abc
"abc
/abc
import { a from "m"
export const
@
#x
a b c
for (const x of) {}
switch (x) { foo }
let x: number number
class A { x y }
namespace { }
