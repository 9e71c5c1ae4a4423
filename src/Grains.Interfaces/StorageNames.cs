using System.Collections.Immutable;

namespace Prism;

/// <summary>The one place where grain storage is named.</summary>
public static class StorageNames
{
    /// <summary>The storage provider of ledgers. Must refuse a write that does not know the last one (etag).</summary>
    public const string Ledgers = "ledgers";

    /// <summary>The state of a ledger in it.</summary>
    public const string LedgerState = "ledger";

    /// <summary>The storage provider of the response cache. Should refuse a write that does not know the last one (etag).</summary>
    public const string Cache = "cache";

    /// <summary>Every storage provider; a silo registers each of them.</summary>
    public static ImmutableArray<string> All { get; } = [Ledgers, Cache];
}
