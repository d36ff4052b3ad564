export { counted } from '../core/base/counted.ts';
