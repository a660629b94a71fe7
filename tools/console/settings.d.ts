// The module that the server makes.
export const signingHost: string;
export const basePath: string;
