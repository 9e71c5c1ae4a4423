using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Storage;

namespace Prism.Grains.Catalog;

/// <summary>Enforces the quotas of owners' catalogs.</summary>
/// <param name="kind">The kind of entry: <c>chain</c>.</param>
/// <param name="find">How many there may be now, and how many bytes they may have.</param>
internal sealed class NamesQuota(string kind, Func<(int Most, long MostBytes)> find)
{
    private static readonly GrainStateSerializer Serializer = new();

    /// <summary>How many bytes a state is stored in.</summary>
    public static long SizeOf<TState>(TState state) => Serializer.Serialize(state).ToMemory().Length;

    /// <summary>Makes room; it is written before this returns, so that nothing is stored that is not counted.</summary>
    /// <returns>The quota that is reached; null if there is room.</returns>
    public async Task<ChatError?> ReserveAsync(INamesGrain names, string name, long bytes)
    {
        var (most, mostBytes) = find();
        return await names.ReserveAsync(name, bytes, most, mostBytes) switch
        {
            { Names: { } used } => QuotaErrors.Stored(kind, used, most),
            { Bytes: { } used } => QuotaErrors.StoredBytes(kind, used, mostBytes),
            _ => null,
        };
    }
}
