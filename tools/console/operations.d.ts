// The module that the server makes.
export const operations: Record<string, string[]>;
export const auditActions: string[];
export const rolePattern: string;
