// requests.js
