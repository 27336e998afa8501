/** A reason to refuse what was asked, in words for the person who asked. */
export class Refusal extends Error {}
