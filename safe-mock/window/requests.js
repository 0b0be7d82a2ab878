// The tab Requests.

export const requests = { id: 'requests', title: 'Requests', watches: [], mount: () => ({ show() {}, update() {} }) };
