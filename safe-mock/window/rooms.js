// The tab Rooms.

export const rooms = { id: 'rooms', title: 'Rooms', watches: ['rooms'], mount: () => ({ show() {}, update() {} }) };
