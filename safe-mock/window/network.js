// network.js
