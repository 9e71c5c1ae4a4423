namespace Prism.Grains.Interfaces.Memory;

/// <summary>
/// How many bytes this process may hold of requests and answers in flight. Every holder has a <see cref="MemoryShare"/>. A count of requests
/// does not bound memory: one request may be a thousand times as large as another.
/// </summary>
/// <param name="bytes">The most that may be held.</param>
public sealed class MemoryBudget(long bytes)
{
    // Shares of up to this size may fill the budget, larger ones only this part of it: so small requests are served beside large ones.
    private const long Small = 256 * 1024;
    private const double PartForLarge = 0.75;

    // Memory that only saves work later (answers for the cache) leaves the rest to current requests.
    private const double PartForKeeping = 0.5;

    private long _held;

    /// <summary>The default: a third of the memory that the process sees, which is a container's limit where it has one.</summary>
    public static long DefaultBytes => Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3, 16 * 1024 * 1024);

    /// <summary>The most that may be held.</summary>
    public long Bytes => bytes;

    /// <summary>The held memory.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>The most that one share may come to.</summary>
    public long LargestShare => (long)(bytes * PartForLarge);

    /// <summary>A share with nothing in it.</summary>
    /// <param name="isKept">Whether it is held only to save work later.</param>
    public MemoryShare Open(bool isKept = false) => new(this, isKept);

    internal bool TryReserve(long more, long total, bool isKept)
    {
        var most = isKept ? (long)(bytes * PartForKeeping) : total > Small ? LargestShare : bytes;
        // Never above it, not even for a moment: others would be refused for what is not held.
        for (var held = Held; held + more <= most;)
        {
            var found = Interlocked.CompareExchange(ref _held, held + more, held);
            if (found == held)
            {
                return true;
            }

            held = found;
        }

        return false;
    }

    internal void Reserve(long more) => Interlocked.Add(ref _held, more);

    internal void Return(long less) => Interlocked.Add(ref _held, -less);
}
