CREATE TYPE kind AS ENUM ('person', 'robot');
