import { expect } from 'chai';
import { atOnce, type Steps } from '../../../core/base/steps.ts';

describe('Work in steps', () => {
  it('is done at once where nobody waits', () => {
    let done = 0;
    function* work(): Steps<string> {
      for (; done < 5; done += 1) yield;
      return 'all';
    }
    expect(atOnce(work())).to.equal('all');
    expect(done).to.equal(5);
  });
});
