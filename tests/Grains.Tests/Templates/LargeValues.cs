namespace Prism.Tests.Templates;

/// <summary>
/// Tests whose values are hundreds of megabytes together. They run alone, and what each leaves behind is collected before the next, so that the test
/// host never holds all of it.
/// </summary>
[CollectionDefinition(nameof(LargeValues), DisableParallelization = true)]
public sealed class LargeValues
{
    /// <summary>Collects what was left behind. Large objects would otherwise wait for a gigabyte of them.</summary>
    public static void Collect() => GC.Collect();
}
