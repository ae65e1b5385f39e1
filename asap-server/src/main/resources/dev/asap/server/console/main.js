// Where nobody has to sign in.
import { start } from './console.js';

start(null);
