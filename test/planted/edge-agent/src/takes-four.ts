// plants: max-params
// More than three parameters are one named-options object.
export function sum(one: number, two: number, three: number, four: number): number {
  return one + two + three + four;
}
