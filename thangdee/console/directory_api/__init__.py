"""The directory for everybody: a read-only HSDS 3 API of what is fresh and safe to be known."""

from thangdee.console.directory_api.app import directory_api

__all__ = ["directory_api"]
