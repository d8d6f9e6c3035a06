/** What is wrong with a part of a Stage; whoever knows the file says where. */
export class Mistake extends Error {}
