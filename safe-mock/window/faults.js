// The tab Faults.

export const faults = { id: 'faults', title: 'Faults', watches: [], mount: () => ({ show() {}, update() {} }) };
