using System.Collections.Concurrent;

namespace Prism.Grains.Usage;

/// <summary>
/// The models that may be label values. The model is user input: only a model that is configured or has answered becomes a label, up to a bound, so
/// that no client can fill the metrics with names.
/// </summary>
internal sealed class ModelLabels(IEnumerable<string> configured, int capacity = ModelLabels.DefaultCapacity)
{
    /// <summary>The label of all other models.</summary>
    public const string Other = "other";

    private const int DefaultCapacity = 200;

    private readonly ConcurrentDictionary<string, byte> _known = new(configured.Distinct().Select(model => KeyValuePair.Create(model, (byte)0)));
    private readonly Lock _learning = new();
    private int _learned;

    /// <summary>The model itself if it may be a label, otherwise <see cref="Other"/>.</summary>
    public string LabelOf(string model) => _known.ContainsKey(model) ? model : Other;

    /// <summary>The model has answered.</summary>
    public void OnAnswered(string model)
    {
        if (Volatile.Read(ref _learned) == capacity || _known.ContainsKey(model))
        {
            return;
        }

        // Counted as it is added: simultaneous answers of one new model take one place, not one each.
        lock (_learning)
        {
            if (_learned < capacity && _known.TryAdd(model, 0))
            {
                _learned++;
            }
        }
    }
}
