// A rotation of data keys in a process of its own, which may be killed: node --import tsx rotate.ts <database>
import { openDatabase } from '../../../core/database/database.ts';
import { rotateDataKeys } from '../../../core/secrets/rotation.ts';
import { columns, ringOf } from './with-secrets.ts';

const owned = openDatabase(process.argv[2]!, { size: 2, onError: () => undefined, role: 'owner' });
const { sealed, unreadable } = await rotateDataKeys(owned, ringOf('k1'), { columns });
console.log(JSON.stringify({ sealed, unreadable }));
await owned.close();
