// Each test has processes of its own, and measures times: they are not to have the machine together.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
