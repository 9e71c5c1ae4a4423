namespace Prism.Grains.Cache;

/// <summary>The response cache. Bound from <c>Prism:Cache</c>; the same on all silos of a cluster.</summary>
public sealed class CacheOptions
{
    /// <summary>The callers that share answers. Default: those with the same API key.</summary>
    public CacheScope Scope { get; set; }

    /// <summary>Whether answers are cached. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>How long an answer is served, unless its request sets a time. Default: an hour.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The longest answer that is kept, in bytes of its JSON. Default: 1 MiB.</summary>
    public int MaxBytes { get; set; } = 1 << 20;

    /// <summary>
    /// The longest time that a request may ask an answer to be served for; longer ones are cut to it. Where <see cref="Ttl"/> is longer, that
    /// is. Default: a day.
    /// </summary>
    public TimeSpan MaxTtl { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The most answers that one silo has stored. Default: 10,000.</summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>
    /// The most bytes of all answers that one silo has stored, as JSON and 1 KiB for each. Default: a sixteenth of the memory that the process sees.
    /// </summary>
    public long? TotalBytes { get; set; }

    /// <summary>The most answers of one owner of them. Default: as many as of all.</summary>
    public int? OwnerEntries { get; set; }

    /// <summary>The most bytes of one owner's. Default: as many as of all.</summary>
    public long? OwnerBytes { get; set; }

    /// <summary>
    /// The most memory, in bytes, of an answer that is kept while it is generated, to be shared and stored. A larger one is passed on, but not shared
    /// any more or stored. Default: 16 MiB.
    /// </summary>
    public long MaxSharedBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Whether identical calls that arrive during a call share its answer. Default: true.</summary>
    public bool SingleFlight { get; set; } = true;

    /// <summary>
    /// How long a request waits for the cache's decision and, if it shares another call, for the start of that call's answer. Then it makes its own
    /// call. Default: a minute.
    /// </summary>
    public TimeSpan JoinTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long the cache may take to answer a request. It takes a millisecond; what takes much longer is an outage, which must not become one of
    /// the requests. Default: 2 s.
    /// </summary>
    public TimeSpan AskTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The same for a request whose leader's silo has died. All its followers ask at once, and until the death is known everywhere, the grain may not
    /// be found: they would all call by themselves. Default: 10 s.
    /// </summary>
    public TimeSpan LostTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>The callers that share answers, stored ones and those in progress.</summary>
public enum CacheScope
{
    /// <summary>Calls with the same API key. All that are made without one share theirs.</summary>
    Key,

    /// <summary>All callers. A caller gets the answers of others to the same prompt, and can tell that they have sent it.</summary>
    Global,
}
