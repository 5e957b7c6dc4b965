ALTER TYPE kind ADD VALUE 'team';
