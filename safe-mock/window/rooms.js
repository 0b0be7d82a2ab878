// rooms.js
