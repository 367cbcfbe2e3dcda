import { Skeleton } from '@mantine/core'
import classes from './MessageRow.module.css'

/** A row that is still to come. */
export function RowSkeleton({ index }: { index: number }) {
  return (
    <div className={classes.row} aria-hidden>
      <div className={classes.skeleton}>
        <Skeleton circle h={36} />
        <div className={classes.bars}>
          <Skeleton h={11} w={`${34 + ((index * 17) % 22)}%`} />
          <Skeleton h={11} w={`${52 + ((index * 29) % 34)}%`} />
          <Skeleton h={9} w={`${62 + ((index * 13) % 30)}%`} />
        </div>
      </div>
    </div>
  )
}
