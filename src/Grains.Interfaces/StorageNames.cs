namespace Prism;

/// <summary>The one place where grain storage is named.</summary>
public static class StorageNames
{
    /// <summary>The storage provider of ledgers. Must refuse a write that does not know the last one (etag).</summary>
    public const string Ledgers = "ledgers";

    /// <summary>The state of a ledger in it.</summary>
    public const string LedgerState = "ledger";

    /// <summary>The storage provider of the response cache. Should refuse a write that does not know the last one (etag).</summary>
    public const string Cache = "prism-cache";
}
