/** The fewest characters that the server takes for a password. */
export const passwordLength = 10
