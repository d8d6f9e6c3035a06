/** The version of this program, as logs name it. */
export const version = '0.1.0';
