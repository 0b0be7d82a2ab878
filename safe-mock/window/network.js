// The tab Network.

export const network = { id: 'network', title: 'Network', watches: [], mount: () => ({ show() {}, update() {} }) };
