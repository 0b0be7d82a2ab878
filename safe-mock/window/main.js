import './rooms.js';
