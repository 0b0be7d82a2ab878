// The tab Apps.

export const apps = { id: 'apps', title: 'Apps', watches: [], mount: () => ({ show() {}, update() {} }) };
