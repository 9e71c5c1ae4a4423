namespace Prism.Tests;

/// <summary>Tests of what the whole process shares: allocations, listeners to activities. No other test runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
