using System.Diagnostics.Metrics;

namespace Prism.Tests.Chat;

/// <summary>Meters of one pipeline, told apart from those of others by their scope.</summary>
internal sealed class Meters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options.Name, options.Version, options.Tags, scope: this);

    public void Dispose()
    {
    }
}
