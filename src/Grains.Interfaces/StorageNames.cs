using System.Collections.Immutable;

namespace Prism.Grains.Interfaces;

/// <summary>The one place where grain storage is named.</summary>
public static class StorageNames
{
    /// <summary>The storage provider of ledgers. It must reject a write that does not know the last one (etag).</summary>
    public const string Ledgers = "ledgers";

    /// <summary>The state of a ledger in it.</summary>
    public const string LedgerState = "ledger";

    /// <summary>An owner's usage in a month.</summary>
    public const string UsageState = "usage";

    /// <summary>The storage provider of the response cache. It should reject a write that does not know the last one (etag).</summary>
    public const string Cache = "cache";

    /// <summary>The storage provider of chains' runs and of their index. It must reject a write that does not know the last one (etag).</summary>
    public const string Runs = "runs";

    /// <summary>The state of a run in it.</summary>
    public const string RunState = "run";

    /// <summary>The state of an owner's index in it.</summary>
    public const string RunIndexState = "index";

    /// <summary>The state of a part of an index in it.</summary>
    public const string RunPartitionState = "shelf";

    /// <summary>The storage provider of catalogs. It must reject a write that does not know the last one (etag).</summary>
    public const string Catalogs = "catalogs";

    /// <summary>The names of an owner's things of one kind in it.</summary>
    public const string NamesState = "names";

    /// <summary>A template in it.</summary>
    public const string TemplateState = "template";

    /// <summary>A stored chain in it.</summary>
    public const string ChainState = "chain";

    /// <summary>An API key in it.</summary>
    public const string ApiKeyState = "api-key";

    /// <summary>The epoch of all API keys in it.</summary>
    public const string ApiKeyEpochState = "api-key-epoch";

    /// <summary>Every storage provider; a silo registers each of them.</summary>
    public static ImmutableArray<string> All { get; } = [Ledgers, Cache, Runs, Catalogs];
}
