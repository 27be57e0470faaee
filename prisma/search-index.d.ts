export function searchedModels(model: string): string[];
export function searchTriggers(table: string): string;
export function sqliteSearchIndex(table: string): string;
export function postgresSearchIndex(table: string): string;
