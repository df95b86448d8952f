export function startNavigation(): void {}
