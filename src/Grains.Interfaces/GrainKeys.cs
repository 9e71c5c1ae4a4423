using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Prism.Grains.Interfaces;

/// <summary>The one place where grain keys are made.</summary>
public static class GrainKeys
{
    private const string RunPrefix = "run_";
    private const string ApiKeyPrefix = "key_";

    private static readonly SearchValues<char> LowerCaseHex = SearchValues.Create("0123456789abcdef");

    // Long enough that no two keys have the same prefix of their hashes.
    internal const int KeyHashBytes = 16;
    private const string MonthFormat = "yyyy-MM";

    /// <summary>A fresh key for an <see cref="Grains.Interfaces.Chat.IChatGrain"/>: one grain a call.</summary>
    public static string NewChatCall() => RandomId.New("");

    /// <summary>The key of an <see cref="Grains.Interfaces.Providers.IProviderGrain"/>: its name as it is configured.</summary>
    public static string Provider(string name) => name;

    /// <summary>The key of the <see cref="Grains.Interfaces.Cache.ICacheEpochGrain"/>.</summary>
    public const string CacheEpoch = "epoch";

    /// <summary>The key of an <see cref="Grains.Interfaces.Cache.ICacheGrain"/>.</summary>
    /// <param name="epoch">The cache's epoch.</param>
    /// <param name="promptHash">The hash of the prompt.</param>
    public static string Cache(long epoch, string promptHash) => string.Create(CultureInfo.InvariantCulture, $"{epoch}.{promptHash}");

    /// <summary>The key of an <see cref="Grains.Interfaces.Cache.ICacheSweepGrain"/>.</summary>
    /// <param name="entry">The key of an entry. The first character of its prompt hash selects its share of the keys.</param>
    /// <param name="slotEnd">When the slot ends, to the second.</param>
    public static string CacheSweep(string entry, DateTimeOffset slotEnd) =>
        string.Create(CultureInfo.InvariantCulture, $"{slotEnd.ToUnixTimeSeconds()}.{entry[entry.IndexOf('.', StringComparison.Ordinal) + 1]}");

    /// <summary>When the slot of a key of <see cref="CacheSweep"/> ends.</summary>
    public static DateTimeOffset SlotEndOf(string sweep) => DateTimeOffset.FromUnixTimeSeconds(
        long.Parse(sweep.AsSpan(0, sweep.IndexOf('.', StringComparison.Ordinal)), CultureInfo.InvariantCulture));

    /// <summary>The key of an <see cref="Grains.Interfaces.Cache.ICacheNodeGrain"/>.</summary>
    public static string CacheNode(SiloAddress silo) => silo.ToParsableString();

    /// <summary>The key of an <see cref="Grains.Interfaces.SharedCalls.ISharedCallGrain"/>, which is also the shared call's id.</summary>
    /// <param name="leader">The silo that leads it.</param>
    /// <param name="number">Its number there.</param>
    public static string SharedCall(SiloAddress leader, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{leader.ToParsableString()}/{number}");

    /// <summary>The silo that a key of <see cref="CacheNode"/> or <see cref="SharedCall"/> belongs to.</summary>
    public static SiloAddress SiloOf(string key) =>
        SiloAddress.FromParsableString(key.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? key[..slash] : key);

    /// <summary>A fresh key for an <see cref="Grains.Interfaces.Chains.IChainGrain"/>: the run's id.</summary>
    public static string NewRun() => RunPrefix + Guid.NewGuid().ToString("N");

    /// <summary>The key of the <see cref="Grains.Interfaces.Chains.IChainGrain"/> of an owner's idempotency key. It is always the same.</summary>
    public static string Run(string owner, string idempotencyKey)
    {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        var name = Encoding.UTF8.GetBytes($"{owner.Length}:{owner}{idempotencyKey}");
        return RunPrefix + Convert.ToHexStringLower(SHA256.HashData(name).AsSpan(0, 16));
    }

    /// <summary>The key of an <see cref="Grains.Interfaces.Chains.IRunIndexGrain"/>: the owner of its runs.</summary>
    public static string Runs(string owner) => "owner-" + owner;

    /// <summary>The key of a part of an <see cref="Grains.Interfaces.Chains.IRunIndexGrain"/>.</summary>
    /// <param name="runs">The index's key.</param>
    /// <param name="number">Which part, from 0 for the oldest.</param>
    public static string RunPartition(string runs, long number) => string.Create(CultureInfo.InvariantCulture, $"{runs}/{number}");

    /// <summary>The key of an <see cref="Grains.Interfaces.Templates.ITemplateGrain"/>: a name of an owner's.</summary>
    public static string Template(string owner, string name) => Owned(owner, name);

    /// <summary>The key of the <see cref="Grains.Interfaces.Catalog.INamesGrain"/> of an owner's templates.</summary>
    public static string TemplateNames(string owner) => Owned(owner, "templates");

    /// <summary>The key of an <see cref="Grains.Interfaces.Chains.IChainCatalogGrain"/>: a name of an owner's.</summary>
    public static string Chain(string owner, string name) => Owned(owner, name);

    /// <summary>The key of the <see cref="Grains.Interfaces.Catalog.INamesGrain"/> of an owner's chains.</summary>
    public static string ChainNames(string owner) => Owned(owner, "chains");

    /// <summary>The key of an <see cref="Grains.Interfaces.Usage.IUsageGrain"/>.</summary>
    /// <param name="owner">The owner of the calls.</param>
    /// <param name="day">A day of the month.</param>
    public static string Usage(string owner, DateOnly day) => Owned(owner, MonthOf(day));

    /// <summary>The key of the <see cref="Grains.Interfaces.Catalog.INamesGrain"/> of the owners with usage in the month of a day.</summary>
    public static string UsageOwners(DateOnly day) => Owned("usage", MonthOf(day));

    /// <summary>The owner and the month's first day that a key of <see cref="Usage"/> was made of.</summary>
    public static (string Owner, DateOnly Month) ReadUsage(string key)
    {
        var (owner, month) = ReadOwned(key);
        return (owner, DateOnly.ParseExact(month, MonthFormat, CultureInfo.InvariantCulture));
    }

    /// <summary>The owner and the name that a key of <see cref="Template"/> or <see cref="Chain"/> was made of.</summary>
    public static (string Owner, string Name) ReadOwned(string key)
    {
        // Names have no slash in them, owners may.
        var slash = key.LastIndexOf('/');
        return slash < 0 ? ("", key) : (key[..slash], key[(slash + 1)..]);
    }

    /// <summary>The key of an <see cref="Grains.Interfaces.Keys.IApiKeyGrain"/>: the API key's id.</summary>
    /// <param name="sha256">The API key's hash.</param>
    public static string ApiKey(ReadOnlySpan<byte> sha256) => ApiKeyPrefix + Convert.ToHexStringLower(sha256[..KeyHashBytes]);

    /// <summary>Whether an owner, or an id from a client, has the form of <see cref="ApiKey"/>.</summary>
    public static bool IsApiKey(string id) =>
        id.Length == ApiKeyPrefix.Length + (2 * KeyHashBytes)
        && id.StartsWith(ApiKeyPrefix, StringComparison.Ordinal)
        && !id.AsSpan(ApiKeyPrefix.Length).ContainsAnyExcept(LowerCaseHex);

    /// <summary>The key of the <see cref="Grains.Interfaces.Catalog.INamesGrain"/> of all API keys that are not revoked.</summary>
    public const string ApiKeyNames = "keys";

    /// <summary>The key of the <see cref="Grains.Interfaces.Catalog.INamesGrain"/> of API keys that were revoked.</summary>
    public const string RevokedApiKeyNames = "revoked-keys";

    private static string MonthOf(DateOnly day) => day.ToString(MonthFormat, CultureInfo.InvariantCulture);

    private static string Owned(string owner, string name) => $"{owner}/{name}";
}
