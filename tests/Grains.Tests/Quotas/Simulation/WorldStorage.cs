using System.Text.Json;
using Orleans.Storage;
using Prism.Grains.Quotas;

namespace Prism.Tests.Quotas.Simulation;

/// <summary>What happens to a write.</summary>
internal enum WriteFate
{
    Done,
    LostBefore,
    LostAfter,
}

/// <summary>A storage that takes time, fails as it is told, and refuses whoever does not know the last write.</summary>
internal sealed class WorldStorage(World world)
{
    private string? _json;
    private long _etag;

    public int Writes { get; private set; }

    public int LargestState { get; private set; }

    /// <summary>Decides on each write.</summary>
    public Func<WriteFate> Fate { get; set; } = () => WriteFate.Done;

    /// <summary>Whether nothing works.</summary>
    public bool Down { get; set; }

    /// <summary>One activation's view of it.</summary>
    public View Open() => new(this);

    internal sealed class View(WorldStorage storage) : IPersistentState<LedgerState>
    {
        private long _known;

        public LedgerState State { get; set; } = new();

        public string Etag => _known.ToString(System.Globalization.CultureInfo.InvariantCulture);

        public bool RecordExists => _known > 0;

        public Task ClearStateAsync() => throw new NotSupportedException();

        public async Task ReadStateAsync()
        {
            await Travel();
            _known = storage._etag;
            State = storage._json is { } json ? JsonSerializer.Deserialize<LedgerState>(json)! : new();
        }

        public async Task WriteStateAsync()
        {
            var json = JsonSerializer.Serialize(State);
            await Travel();
            if (_known != storage._etag)
            {
                throw new InconsistentStateException("Somebody else has written.");
            }

            var fate = storage.Fate();
            if (fate != WriteFate.LostBefore)
            {
                (storage._json, storage._etag) = (json, storage._etag + 1);
                (storage.Writes, storage.LargestState) = (storage.Writes + 1, Math.Max(storage.LargestState, json.Length));
            }

            if (fate != WriteFate.Done)
            {
                throw new IOException("The write failed, or its answer was lost.");
            }

            _known = storage._etag;
        }

        private async Task Travel()
        {
            await world().After(TimeSpan.FromMilliseconds(0.2) + world().UpTo(TimeSpan.FromMilliseconds(2)));
            if (storage.Down)
            {
                throw new IOException("The storage is down.");
            }

            World world() => storage.World;
        }
    }

    private World World => world;
}
