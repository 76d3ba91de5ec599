"""Django's PostgreSQL, with one difference: no request is given a pooled connection that died since its last use.

Django can let the pool try each connection (CONN_HEALTH_CHECKS), but the pool waits longer after each dead one, so that
the first request after a restart would end in a timeout. Here the first dead one empties the pool.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        pool = self.pool
        if pool is None:
            return connection
        try:
            ConnectionPool.check_connection(connection)
        except OperationalError:
            pool.putconn(connection)
            pool.drain()
            connection = super().get_new_connection(conn_params)
        return connection
